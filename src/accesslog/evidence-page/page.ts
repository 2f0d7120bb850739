// The page that checks evidence: one file that needs nothing else and can reach nothing else, served or saved. It is the
// same for every town and holds no key: whoever made a file could have put their own into it.
import { createHash } from "node:crypto";
import { checkScript } from "./check-script.js";
import { showScript } from "./show-script.js";
import { evidencePageTexts } from "./texts.js";
import { treeScript } from "./tree-script.js";

const script = `${treeScript}${checkScript}${showScript}`;

const style = `:root{color-scheme:light dark}*{box-sizing:border-box}[hidden]{display:none!important}body{font:1.0625rem/1.6 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1.5rem;overflow-wrap:anywhere}nav{text-align:end}label{display:block;font-weight:600;margin-top:1rem}textarea{width:100%;font:inherit;font-family:monospace}button,input{font:inherit;min-height:2.75rem;max-width:100%}button{padding:.5rem 1.25rem;margin-top:.75rem}nav button,td button{margin:0}input[type=search]{width:100%;padding:0 .75rem}.lead{max-width:44rem}#result{margin-top:1.5rem}#result:not(:empty){border:2px solid;padding:0 1rem 1rem}#result:not([data-kind=town]){border-style:dashed}dt{font-weight:600;margin-top:.75rem}dd{margin:0;white-space:pre-wrap}.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9375rem}th,td{text-align:start;vertical-align:top;padding:.5rem;border-bottom:1px solid}th{overflow-wrap:normal}td{overflow-wrap:break-word}td button{padding:.25rem .75rem;min-height:2.5rem}td.bad{font-weight:700}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}td p{margin:.5rem 0;max-width:60rem}@media (max-width:40rem){body{padding:1rem}thead{display:none}tr{display:block;border-bottom:1px solid;padding:.5rem 0}td{display:block;border:0;padding:.125rem 0}}`;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Stands in the page too, for who saved it: nothing can be loaded or sent from there either. */
const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;

export const evidencePageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `${policy}; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

type Said = { [Name in keyof typeof evidencePageTexts.en]: (typeof evidencePageTexts.en)[Name] extends string ? Name : never }[keyof typeof evidencePageTexts.en]; // prettier-ignore

/** French first; the browser's own language from then on. */
const said = (name: Said, tag: string, more = ""): string =>
  `<${tag} data-t="${name}"${more}>${escapeHtml(evidencePageTexts.fr[name])}</${tag}>`;

const columns = ["colNumber", "colTime", "colWho", "colPurpose", "colOutcome", "colWhat", "colVerdict"] as const;

export function evidencePage(): string {
  return `<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(evidencePageTexts.fr.title)}</title><style>${style}</style></head>
<body>
<header><nav>${said("other", "button", ' type="button" id="other" lang="en"')}</nav></header>
<main>
${said("title", "h1")}
${said("lead", "p", ' class="lead"')}
${said("keep", "p", ' class="lead"')}
<noscript>${said("noScript", "p")}</noscript>
<div id="form" hidden>
<label for="keys">${said("keysLabel", "span")}</label>
${said("keysHelp", "p", ' id="keys-help"')}
<textarea id="keys" rows="3" spellcheck="false" autocomplete="off" aria-describedby="keys-help"></textarea>
<label for="file">${said("fileLabel", "span")}</label><input type="file" id="file">
<p id="name"></p>
${said("check", "button", ' type="button" id="check"')}
</div>
<div id="progress" hidden role="status"><p id="counted"></p></div>
<section id="result" tabindex="-1" aria-live="polite"></section>
<section id="entries" hidden>
${said("entriesTitle", "h2")}
<label for="filter">${said("filterLabel", "span")}</label><input type="search" id="filter" autocomplete="off">
<p id="shown" role="status"></p>
<div class="table" tabindex="0" role="group" aria-labelledby="shown"><table><thead><tr>${columns.map((name) => said(name, "th", ' scope="col"')).join("")}</tr></thead><tbody id="rows"></tbody></table></div>
${said("previous", "button", ' type="button" id="previous"')} ${said("next", "button", ' type="button" id="next"')}
</section>
</main>
<script type="application/json" id="texts">${inScript(evidencePageTexts)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that cannot end the element it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", String.raw`\u003c`);

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
