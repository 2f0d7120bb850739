// One pool of memory for all threads of the process. glibc, which most Linux systems allocate memory with, gives each thread
// a pool of its own, and what is free in one is of no use to the others: with V8's helpers, Node's and the one behind the
// access log that is 20 to 30 MB. How many there are is read when a process begins, from its environment alone. So the
// process begins once more, as itself: same id, same words, nothing in between (execve).

/** What the environment says to glibc; nobody else reads it. */
export const onePool = { MALLOC_ARENA_MAX: "1" } as const;

/** Of `process`. */
export interface Begun {
  readonly platform: NodeJS.Platform;
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** To whoever started it; it would not outlive another beginning. */
  readonly channel?: object | undefined;
  /** Not there before Node 22.15. It does not return, and ends the process where the system refuses. */
  readonly execve?: ((file: string, words: readonly string[], env: Record<string, string>) => never) | undefined;
}

/** Does nothing where the environment says already how many pools (that is also how to do without), and where it cannot be. */
export function beginWithOnePool(begun: Begun = process): void {
  const { platform, execPath, execArgv, argv, env, channel } = begun;
  if (platform !== "linux" || channel !== undefined || begun.execve === undefined) return;
  if (env["MALLOC_ARENA_MAX"] !== undefined) return;
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  begun.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...Object.fromEntries(set), ...onePool });
}
