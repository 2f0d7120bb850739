// How the demo's agreements are written down.

/** One application with the one agreement it has. */
export interface DemoAgreement {
  readonly application: { readonly name: string; readonly title: string; readonly contact: string };
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly basis: "public-task" | "consent" | "legal-obligation";
  readonly basisNote: string;
  readonly recipient: {
    readonly name: string;
    readonly contact: string;
    readonly role: "controller" | "joint-controller" | "processor";
    readonly basis: string;
  };
  /** `YYYY-MM-DD`, both days included. */
  readonly from: string;
  readonly until: string;
  readonly volumePerDay: number;
  readonly retention: string;
  /** See `AgreementDraft` in identity. */
  readonly asked?: "groups" | "whole";
  readonly informationSociety?: boolean;
  readonly hidden?: string;
  /** E-mail addresses of people in `gateway.yaml`. */
  readonly draftedBy: string;
  readonly approvedBy: string;
}

/** Who drafts and who approves. */
export const people = { draftedBy: "informatique@rivemont.example", approvedBy: "dpo@rivemont.example" };

/** `YYYY-MM-DD`, so many days later. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
