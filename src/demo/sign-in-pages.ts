// The few pages of the demo's sign-in service, in French and English. Plain forms: they work without JavaScript.
import type { DemoPerson } from "./sign-in-people.js";

export type SignInLanguage = "fr" | "en";

/** What was asked for (`ui_locales`, `?lang=`), else what the browser prefers, else French. */
export function languageOf(asked: unknown, accepted: string | undefined): SignInLanguage {
  const wanted = typeof asked === "string" && asked !== "" ? asked : (accepted ?? "");
  return /^en\b/i.test(wanted.trim()) ? "en" : "fr";
}

const words = {
  fr: {
    title: "Qui êtes-vous ?",
    demo: "Démonstration : la ville de Rivemont et ces personnes sont inventées. Aucun mot de passe n'est demandé.",
    to: (client: string) => `Vous vous connectez à ${client}.`,
    choose: "Choisissez une personne",
    cancel: "Annuler",
    other: "English",
    failed: "Cette page n'est plus valable",
    failedText: "La connexion a été commencée il y a trop longtemps, ou dans un autre navigateur. Recommencez.",
    signOut: "Se déconnecter ?",
    signOutButton: "Se déconnecter",
    signedOut: "Vous êtes déconnecté.",
  },
  en: {
    title: "Who are you?",
    demo: "Demonstration: the town of Rivemont and these people are made up. No password is asked for.",
    to: (client: string) => `You are signing in to ${client}.`,
    choose: "Choose a person",
    cancel: "Cancel",
    other: "Français",
    failed: "This page is no longer valid",
    failedText: "Signing in was begun too long ago, or in another browser. Begin again.",
    signOut: "Sign out?",
    signOutButton: "Sign out",
    signedOut: "You are signed out.",
  },
} as const;

export function choicePage(
  language: SignInLanguage,
  path: string,
  people: readonly DemoPerson[],
  client: string,
): string {
  const say = words[language];
  const other = language === "fr" ? "en" : "fr";
  const buttons = people.map(
    ({ account, name, about }) =>
      `<li><button name="account" value="${escaped(account)}"><b>${escaped(name)}</b><span>${escaped(about[language])}</span></button></li>`,
  );
  const switching = `<p><a href="${escaped(path)}?lang=${other}" lang="${other}" hreflang="${other}">${say.other}</a></p>`;
  return page(
    language,
    say.title,
    `<p class="demo">${say.demo}</p><p>${escaped(say.to(client))}</p>
<form method="post" action="${escaped(path)}">
<h2 id="people">${say.choose}</h2>
<ul aria-labelledby="people">${buttons.join("\n")}</ul>
<p><button class="plain" name="account" value="">${say.cancel}</button></p>
</form>${switching}`,
  );
}

export const failurePage = (language: SignInLanguage): string =>
  page(language, words[language].failed, `<p>${words[language].failedText}</p>`);

export const signedOutPage = (language: SignInLanguage): string =>
  page(language, words[language].signedOut, `<p class="demo">${words[language].demo}</p>`);

/** @param form of the provider, with its protection against others' forms; its button is ours */
export const signOutPage = (language: SignInLanguage, form: string): string =>
  page(
    language,
    words[language].signOut,
    `${form}<p><button class="plain" type="submit" form="op.logoutForm" value="yes" name="logout">${words[language].signOutButton}</button></p>`,
  );

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${String(mark.charCodeAt(0))};`);

const page = (language: SignInLanguage, title: string, main: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Rivemont</title>
<style>
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: #161616; background: #fff; }
main { max-width: 34rem; margin: 0 auto; padding: 1rem; }
.demo { border-left: .25rem solid #b34000; padding-left: .75rem; }
ul { list-style: none; padding: 0; margin: 0; }
li + li { margin-top: .5rem; }
button { font: inherit; width: 100%; text-align: left; padding: .625rem .75rem; border: 1px solid #3a3a3a; border-radius: .25rem; background: #fff; color: inherit; cursor: pointer; }
button:hover { background: #eef2ff; }
button:focus-visible, a:focus-visible { outline: 3px solid #0a4bd6; outline-offset: 2px; }
button span { display: block; color: #4a4a4a; }
button.plain { width: auto; }
a { color: #000091; }
</style>
</head>
<body><main>
<h1>${title}</h1>
${main}
</main></body>
</html>
`;
