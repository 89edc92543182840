/** For a project without resources.ts: it is optional, and the compiler still has to know its type. */
declare module "*/resources.ts" {
  const made: unknown;
  export default made;
}
