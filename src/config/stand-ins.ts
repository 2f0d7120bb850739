// What stands for variables that are not set, where nothing will be connected to.

/** Values for the `env:NAME` texts of a gateway.yaml whose variables are not set, by variable. */
export function standIns(value: unknown, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  // An alias may lead back to where it stands.
  const seen = new Set<object>();
  const visit = (node: unknown, address: string): void => {
    if (typeof node === "string") {
      const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(node)?.[1];
      if (variable !== undefined && (env[variable] ?? "") === "") found[variable] = address;
    } else if (typeof node === "object" && node !== null && !seen.has(node)) {
      seen.add(node);
      const kind = "kind" in node ? node.kind : null;
      const own = kind === "postgres" ? "postgres://not-set@127.0.0.1:1/not-set" : address;
      for (const inner of Object.values(node)) visit(inner, own);
    }
  };
  visit(value, "https://not-set.invalid");
  return found;
}
