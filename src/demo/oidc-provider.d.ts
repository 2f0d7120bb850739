// What the demo uses of oidc-provider, which comes without types: https://github.com/panva/node-oidc-provider/tree/v9.x/docs
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  export interface Interaction {
    readonly uid: string;
    readonly params: Readonly<Record<string, unknown>>;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: new (about: { readonly accountId: string; readonly clientId: string }) => Grant;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
    ): Promise<void>;
    on(event: string, listener: (...about: unknown[]) => void): this;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: readonly string[]): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  interface OidcContext {
    readonly client: { readonly clientId: string };
    readonly params: Readonly<Record<string, unknown>>;
    readonly result?: { readonly login?: unknown };
    readonly session: { readonly accountId?: string };
    readonly resourceServers?: Readonly<Record<string, unknown>>;
  }

  export interface Context {
    readonly oidc: OidcContext;
    type: string;
    body: string;
    readonly get: (header: string) => string;
    readonly set: (header: string, value: string) => void;
  }

  interface Prompt {
    readonly checks: { remove(reason: string): void; add(check: unknown): void };
  }

  export const interactionPolicy: {
    readonly base: () => { get(name: string): Prompt | undefined };
    readonly Check: {
      new (reason: string, description: string, error: string, check: (context: Context) => boolean): unknown;
      readonly REQUEST_PROMPT: boolean;
      readonly NO_NEED_TO_PROMPT: boolean;
    };
  };
}
