// The letters of our papers: embedded, so that a paper looks and reads the same in ten years on any machine.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export interface Letters {
  readonly regular: Buffer;
  readonly bold: Buffer;
}

let read: Letters | null = null;

/** Read once, when the first paper is made. */
export function letters(): Letters {
  const file = (name: string): Buffer => readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  return (read ??= { regular: file("DejaVuSansCondensed"), bold: file("DejaVuSansCondensed-Bold") });
}
