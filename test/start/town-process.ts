// The gateway and the command as people run them: built, in processes of their own, in a copy of the town folder.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

export interface Curl {
  readonly title: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RunningTown {
  readonly address: string;
  readonly curls: readonly Curl[];
  /** Everything that the terminal showed so far. */
  terminal(): string;
  /** Waits for a line that was not there when the wait began. */
  says(text: RegExp): Promise<string>;
  /** Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>;
}

export function copyTown(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-town-"));
  for (const name of ["gateway.yaml", "schema.graphql", "policies", "data"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A user's environment less what would change the town. */
function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, PASSERELLE_MODE: __, ...rest } = process.env;
  return { ...rest, PORT: "0", PASSERELLE_OPERATIONS_PORT: "0", NO_COLOR: "1" };
}

export async function startTown(folder: string): Promise<RunningTown> {
  const child = spawn(process.execPath, [join(root, "dist/main.js")], { cwd: folder, env: environment() });
  let shown = "";
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const says = (text: RegExp, from = shown.length): Promise<string> =>
    new Promise((found, failed) => {
      const look = (): void => {
        const match = text.exec(shown.slice(from));
        if (match) found(match[0]);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      void ended.then((code) => failed(new Error(`the gateway ended with ${code}:\n${shown}`)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (shown += text.toString()));
  await says(/Ctrl-C stops/, 0);
  return {
    address: /Ready after .*? (http:\/\/[^/]+)\//.exec(shown)?.[1] ?? "",
    curls: readCurls(shown),
    terminal: () => shown,
    says: (text) => says(text),
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}

/** The commands as printed: a title, `curl -s URL`, `-H` headers and `-d` body. */
function readCurls(shown: string): Curl[] {
  return [...shown.matchAll(/^# (.*)\n(curl -s (\S+)[^#]*?-d '([^']*)')/gm)].map(
    ([, title = "", whole = "", url = "", body = ""]) => ({
      title,
      url,
      body,
      headers: Object.fromEntries(
        [...whole.matchAll(/-H '([^:]+): ([^']*)'/g)].map(([, name = "", value = ""]) => [name, value]),
      ),
    }),
  );
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `npx passerelle …` in the town folder. */
export function passerelle(folder: string, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, "bin/passerelle.mjs"), ...args], {
    cwd: folder,
    env: environment(),
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (err += text.toString()));
  return new Promise((done) => child.once("close", (code) => done({ code, out, err })));
}
