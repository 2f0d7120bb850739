// What every picture shares: text that cannot break out of it, and colours for a light and a dark page. A picture holds no
// script and asks for nothing, so that it can stand in a page as an image.

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${String(sign.charCodeAt(0))};`).replace(/[^\P{C}]/gu, " ");

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** CSS of the picture's own, after the common one. */
  readonly style?: string;
  readonly content: readonly string[];
}

/** A background of its own: a page may be dark where the reader's system is not. */
const common = `
  :root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; }
  @media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; } }
  .paper { fill: var(--paper); }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
  text.title { font-size: 16px; font-weight: 600; }
  text.faint { fill: var(--faint); }`;

export function pictureText({ width, height, title, style = "", content }: Picture): string {
  const size = `width="${rounded(width)}" height="${rounded(height)}" viewBox="0 0 ${rounded(width)} ${rounded(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${common}${style}\n</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    ...content,
    "</svg>",
    "",
  ].join("\n");
}

/** Tenths of a pixel are enough, and keep the files small. */
export const rounded = (value: number): string => String(Math.round(value * 10) / 10);

export const textAt = (x: number, y: number, text: string, attributes = ""): string =>
  `<text x="${rounded(x)}" y="${rounded(y)}"${attributes === "" ? "" : ` ${attributes}`}>${escaped(text)}</text>`;
