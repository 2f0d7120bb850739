// What Passerelle is measured against. The peers' packages are the bench's own (bench/package.json), and installed by it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const peerNames = ["bare", "memoised", "yoga", "raw", "postgraphile"] as const;
export type PeerName = (typeof peerNames)[number];
export type ServerName = "passerelle" | PeerName;

export const peerTitles: Readonly<Record<ServerName, string>> = {
  passerelle: "Passerelle, everything in force",
  bare: "Apollo Server, hand-written resolvers, DataLoader, `pg`; no rules, no log",
  memoised: "`bare` with Casbin's decisions remembered and a group-committed log row",
  yoga: "`bare`'s resolvers on GraphQL Yoga",
  raw: "`node:http` and one SQL by hand: the limit",
  postgraphile: "PostGraphile 5 with row-level security, where one database can answer",
};

/** What a peer's own API calls otherwise. */
export function textFor(name: ServerName, text: string): string {
  if (name !== "postgraphile") return text;
  return text.replace("$after: String", "$after: Cursor").replace(/\bresidents\(/, "residents: allResidents(");
}

/** Rows of two databases, or of services, are more than PostGraphile answers by itself. */
export const canAnswer = (name: ServerName, query: string): boolean =>
  name !== "postgraphile" || ["Q1", "Q2", "Q5"].includes(query);

const folder = fileURLToPath(new URL("./", import.meta.url));

/** Runs `npm ci` in bench/ where the packages are not there as its lock file says. @throws Error when it fails */
export function installPeers(say: (line: string) => void): void {
  if (isInstalled()) return;
  say("The peers' packages are not there yet: npm ci --prefix bench (once)…");
  // npm's own program where npm started us: it is then the same npm, on the same Node.
  const npm = process.env["npm_execpath"];
  const [command, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const done = spawnSync(command, [...first, "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (done.status !== 0) throw new Error("npm ci --prefix bench failed: it says why above");
}

/** npm writes beside the packages what it installed. */
function isInstalled(): boolean {
  const hidden = `${folder}node_modules/.package-lock.json`;
  if (!existsSync(hidden)) return false;
  const versions = (path: string): Map<string, string> => {
    const { packages } = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, { version?: string }> };
    return new Map(Object.entries(packages).map(([name, { version }]) => [name, version ?? ""]));
  };
  const installed = versions(hidden);
  const { dependencies } = JSON.parse(readFileSync(`${folder}package.json`, "utf8")) as {
    dependencies: Record<string, string>;
  };
  return Object.entries(dependencies).every(([name, version]) => installed.get(`node_modules/${name}`) === version);
}
