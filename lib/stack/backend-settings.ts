/** A file beside `cdktf.out`, ignored by git: for one person on one machine. */
export interface LocalBackendSettings {
  readonly type: "local";
}

/** An object in an existing bucket, with versioning on so that earlier states can be restored. */
export interface S3BackendSettings {
  readonly type: "s3";
  readonly bucket: string;
  /** The object's name. @default "<stack>.tfstate" */
  readonly key?: string;
  /** The bucket's region. @default the settings' `region`, else what AWS_REGION or the AWS profile says */
  readonly region?: string;
  /** ARN of the key that encrypts the state. @default the bucket's own encryption, at least SSE-S3 */
  readonly kmsKeyId?: string;
}

/** A workspace in HCP Terraform. With the execution mode "Local", Terraform runs where the command runs. */
export interface HcpBackendSettings {
  readonly type: "hcp";
  readonly organization: string;
  readonly workspace: string;
}

/**
 * A server that speaks Terraform's HTTP protocol, such as GitLab (`…/api/v4/projects/<id>/terraform/state/<name>`). User and
 * password come from TF_HTTP_USERNAME and TF_HTTP_PASSWORD.
 */
export interface HttpBackendSettings {
  readonly type: "http";
  /** Where the state is read, and written with POST: https, or http on loopback. */
  readonly address: string;
  /** Where it is locked and unlocked. @default `<address>/lock`, as in GitLab */
  readonly lockAddress?: string;
  /** The method that locks. @default "POST", as in GitLab */
  readonly lockMethod?: string;
  /** The method that unlocks. @default "DELETE", as in GitLab */
  readonly unlockMethod?: string;
}

/** Where Terraform keeps its state. Each of them prevents two runs at once: the second is refused. */
export type BackendSettings =
  | LocalBackendSettings
  | S3BackendSettings
  | HcpBackendSettings
  | HttpBackendSettings;
