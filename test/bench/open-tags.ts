/** Tags of an XML text that are not closed, or not where they should be. */
export function openTags(text: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = "", alone] of text.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (alone === "/") continue;
    if (closing !== "/") open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}
