// Rivemont's gateway.yaml as a real town's would be: nothing of the demo in it.

/** `SIGN_IN_SECRET` has to be set. @param databases @param services what stands for their addresses: `env:NAME` */
export const withoutDemo = (yaml: string, databases: string, services: string): string =>
  yaml
    .replace(/^demo:.*$/m, "")
    .replace(/embedded:\w+/g, databases)
    .replace(
      "issuer: demo:sign-in",
      "issuer: https://sign-in.example\n      clientSecret: env:SIGN_IN_SECRET\n      publicUrl: https://data.example",
    )
    .replace(/demo:[a-z-]+/g, services);
