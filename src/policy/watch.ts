// Development: a saved file under policies/, or schema.graphql, is seen at once. What is in force is the store's word.
import { join, relative, sep } from "node:path";
import { watch } from "chokidar";
import type { TenantName } from "../terms/index.js";

export interface PolicyWatch {
  /** Resolves when changes are seen from then on. */
  readonly ready: Promise<void>;
  /** No call to `onChange` starts after it. */
  close(): Promise<void>;
}

/** Milliseconds without a further change: editors write, rename and touch in several steps. */
const quietFor = 100;

/**
 * Calls `onChange` once for all changes that lie close together. It only says that something changed: the caller
 * reads, checks and applies the folder.
 * @param schemaFile from the town folder
 * @param onError watching itself failed (too many watches, say); changes may be missed from then on
 */
export function watchPolicies(
  folder: string,
  tenant: TenantName,
  schemaFile: string,
  onChange: () => void,
  onError: (error: Error) => void = () => undefined,
): PolicyWatch {
  // Also what lies in policies/ itself: a rule that was put beside the folders is told at once.
  const policies = join(folder, "policies");
  const read = ["common", tenant];
  const isDeepElsewhere = (path: string): boolean => {
    const [top, ...rest] = relative(policies, path).split(sep);
    return top !== undefined && top !== ".." && rest.length > 0 && !read.includes(top);
  };
  const watcher = watch([join(folder, schemaFile), policies], {
    ignoreInitial: true,
    ignored: isDeepElsewhere,
    atomic: quietFor,
    awaitWriteFinish: { stabilityThreshold: quietFor, pollInterval: quietFor / 5 },
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on("all", () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, quietFor);
  });
  watcher.on("error", (error) => onError(error instanceof Error ? error : new Error(String(error))));
  return {
    ready: new Promise((resolve) => watcher.once("ready", () => resolve())),
    async close() {
      await watcher.close();
      clearTimeout(timer);
    },
  };
}
