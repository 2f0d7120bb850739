// Which file of the town folder a document of the editor is.
import { closeSync, existsSync, openSync, readSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The first of these folders, or of those above them, that holds a gateway.yaml; null: none does. */
export function findTownFolder(candidates: readonly string[]): string | null {
  for (const candidate of candidates) {
    for (let folder = resolve(candidate); ; folder = dirname(folder)) {
      if (existsSync(join(folder, "gateway.yaml"))) return folder;
      if (folder === dirname(folder)) break;
    }
  }
  return null;
}

/** Null: it is no file (an unsaved, nameless document, say). */
export function fileOf(uri: string): string | null {
  try {
    return fileURLToPath(uri);
  } catch {
    return null;
  }
}

export const uriOf = (folder: string, path: string): string => pathToFileURL(join(folder, path)).href;

/** The path from the town folder, with `/`; null: it lies elsewhere. Links to the folder are followed. */
export function townPath(folder: string, uri: string): string | null {
  const file = fileOf(uri);
  if (file === null) return null;
  return inside(folder, file) ?? inside(real(folder), join(real(dirname(file)), file.slice(dirname(file).length)));
}

function inside(folder: string, file: string): string | null {
  const path = relative(folder, file);
  return path === "" || path.startsWith("..") || resolve(folder, path) !== resolve(file)
    ? null
    : path.split(sep).join("/");
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Editors keep a byte order mark to themselves and write it again when they save: the gateway would refuse a file that
 * looks faultless here. What the saved file begins with, the text begins with.
 */
export function asSaved(folder: string, path: string, text: string): string {
  return !text.startsWith("\uFEFF") && beginsWithMark(join(folder, path)) ? `\uFEFF${text}` : text;
}

function beginsWithMark(file: string): boolean {
  try {
    const opened = openSync(file, "r");
    try {
      const start = Buffer.alloc(3);
      return readSync(opened, start, 0, 3, 0) === 3 && start.equals(Buffer.from([0xef, 0xbb, 0xbf]));
    } finally {
      closeSync(opened);
    }
  } catch {
    return false;
  }
}
