/** `import "cognito-roster/main"`: the program of the cdktf CLI. It exports nothing. */
export {};
