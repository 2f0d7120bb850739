// The Link header (RFC 8288, section 3), as far as the next page of a list needs it.

/** `<target>` and its parameters; a quoted text may hold `,` and `;`. */
const linkPattern = /<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)\s*(?:,|$)/y;
const relPattern = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i;

/** Reading costs the square of a header's length when it is made of blanks. */
const longest = 4_000;

/** The target of `rel="next"`, null where there is none, undefined where the header cannot be read. */
export function nextLink(header: string): string | null | undefined {
  if (header.length > longest) return undefined;
  let next: string | null = null;
  linkPattern.lastIndex = 0;
  let at = 0;
  while (header.slice(at).trim() !== "") {
    linkPattern.lastIndex = at + (/^[\s,]*/.exec(header.slice(at))?.[0].length ?? 0);
    const link = linkPattern.exec(header);
    if (link === null) return undefined;
    const [, quoted, bare = ""] = relPattern.exec(link[2] ?? "") ?? [];
    const relations = (quoted ?? bare).toLowerCase().split(/\s+/);
    if (relations.includes("next")) next ??= link[1] ?? null;
    at = linkPattern.lastIndex;
  }
  return next;
}
