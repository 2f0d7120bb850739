/**
 * Characters that could act on a terminal or mislead a reader: C0 and C1 controls, DEL, line separators, the marks that
 * turn the direction of text (Unicode TR 36), the byte order mark, and halves of surrogate pairs.
 */
const acting =
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Law 11: text that an application can choose is bounded and escaped before it is stored. Acting characters are written
 * as `\u001b`; beyond `limit` UTF-16 units of the escaped text it is cut and ends with `…`.
 */
export function boundedText(text: string, limit: number): string {
  // Cut first: nobody should make us escape a megabyte. Escaping never shortens, so what is kept is the same.
  const whole = text.length <= limit ? text : text.slice(0, limit + 1);
  const clean = whole.replace(acting, escaped);
  if (clean.length <= limit) return clean;
  const kept = clean.slice(0, limit - 1);
  // The cut may have fallen between the halves of a pair.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
