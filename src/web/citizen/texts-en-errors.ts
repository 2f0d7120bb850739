// What the pages say when something cannot be done, in English: what happened, and what to do.
import type { ErrorKind } from "./view.js";

interface ErrorText {
  readonly title: string;
  readonly text: string;
  /** On the button that leads on. */
  readonly next: string;
}

export const errorsEn: Readonly<Record<ErrorKind, ErrorText>> = {
  "not-found": {
    title: "This page does not exist",
    text: "The address may be incomplete, or the page has moved.",
    next: "Back to the start",
  },
  expired: {
    title: "Your session has ended",
    text: "For your safety you are signed out after 15 minutes without activity, and after 8 hours at the latest. Nothing has been recorded since you last confirmed.",
    next: "Sign in again",
  },
  "unknown-person": {
    title: "We do not find you in our registers",
    text: "You did sign in, but no record of the local authority fits your identity. That is so if you use none of its services, or if a record is misspelt. Write to the local authority to have it checked.",
    next: "Back to the start",
  },
  "ambiguous-person": {
    title: "We cannot tell you apart",
    text: "Several records of the local authority fit your identity. To be safe, none is shown. Write to the local authority: it will join these records or tell them apart.",
    next: "Back to the start",
  },
  "sign-in-failed": {
    title: "Signing in did not succeed",
    text: "It took too long, was begun in another window, or the sign-in service did not accept it. Begin again from the start page.",
    next: "Begin again",
  },
  "sign-in-cancelled": {
    title: "Sign-in cancelled",
    text: "You left the sign-in page. Nothing has been recorded.",
    next: "Back to the start",
  },
  "too-many": {
    title: "Too many requests at once",
    text: "The service receives many requests. Wait for a minute and try again.",
    next: "Back to the start",
  },
  forged: {
    title: "This request was not accepted",
    text: "It does not seem to come from this page: it may have been open for long, or in another window. Nothing has been recorded. Go back to your choices and try again.",
    next: "Back to my choices",
  },
  "too-large": {
    title: "This request is too long",
    text: "Shorten your text and try again. Nothing has been recorded.",
    next: "Back to my choices",
  },
  gone: {
    title: "This decision is no longer possible",
    text: "The agreement has ended or changed, or the decision is no longer yours. Nothing has been recorded.",
    next: "Back to my choices",
  },
  "decides-alone": {
    title: "This decision is the child’s own",
    text: "For this online service, a child aged 15 or older decides alone, with their own account. Nothing has been recorded.",
    next: "Back to my choices",
  },
  "too-young": {
    title: "A person responsible for you has to decide",
    text: "At your age this decision belongs to a person responsible for you, with their own account. Nothing has been recorded.",
    next: "Back to my choices",
  },
  unavailable: {
    title: "The service does not answer",
    text: "A service that is needed is down at the moment. Nothing has been recorded. Try again in a few minutes.",
    next: "Try again",
  },
  "not-offered": {
    title: "Signing in is not offered here",
    text: "This local authority does not yet let residents sign in.",
    next: "Back to the start",
  },
};
