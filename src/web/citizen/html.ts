// HTML that cannot be forged: a text put into a page is escaped unless it was made here. Nobody has to remember to.

/** Made by `html` alone: text that was escaped, and markup that stands in our own files. */
export class Html {
  readonly #markup: string;
  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** Not exported from this file by any other way than the tag below. */
  static of(strings: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    return new Html(strings.reduce((before, after, index) => before + written(values[index - 1]) + after));
  }

  toString(): string {
    return this.#markup;
  }
}

/** Null and false are nothing; a list is its members one after another. */
export type HtmlValue = Html | string | number | null | false | readonly HtmlValue[];

/**
 * `html\`<p>${text}</p>\``. Values may stand between tags and inside quoted attribute values, and nowhere else: never in a
 * tag's name, an unquoted attribute, a script or a style.
 */
export const html = (strings: TemplateStringsArray, ...values: HtmlValue[]): Html => Html.of(strings, values);

function written(value: HtmlValue | undefined): string {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return value.map(written).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

/** Only addresses that lead to a page or to a mail: a `javascript:` that somebody wrote in a settings file runs nowhere. */
export function contactHtml(contact: string): Html {
  if (/^https:\/\/\S+$/.test(contact)) return html`<a href="${contact}">${contact}</a>`;
  if (/^[^\s@/:?&]+@[^\s@/:?&]+$/.test(contact)) return html`<a href="mailto:${contact}">${contact}</a>`;
  return html`${contact}`;
}
