// A person at a browser, as far as the demo's sign-in needs one: follows redirects by hand, keeps cookies, sends forms.

export interface Visited {
  readonly response: Response;
  readonly url: URL;
}

export class Visitor {
  readonly #cookies = new Map<string, { readonly value: string; readonly host: string; readonly path: string }>();

  /** Follows redirects as long as `stays` says so; the one that leads out is the answer. */
  async go(
    url: URL,
    init: RequestInit = {},
    stays: (url: URL) => boolean = (to) => to.origin === url.origin,
  ): Promise<Visited> {
    let at = url;
    let request = init;
    for (let step = 0; step < 20; step += 1) {
      const headers = new Headers(request.headers);
      headers.set("cookie", this.#sent(at));
      const response = await fetch(at, {
        ...request,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(10_000),
      });
      this.#keep(at, response.headers.getSetCookie());
      const location = response.headers.get("location");
      if (location === null || response.status < 300 || response.status > 399) return { response, url: at };
      const next = new URL(location, at);
      if (!stays(next)) return { response, url: next };
      await response.body?.cancel();
      at = next;
      request = {};
    }
    throw new Error("too many redirects");
  }

  /** Sends a form as a browser would. */
  submit(url: URL, fields: Readonly<Record<string, string>>): Promise<Visited> {
    return this.go(url, { method: "POST", body: new URLSearchParams(fields) });
  }

  #sent({ host, pathname }: URL): string {
    const mine = [...this.#cookies].filter(
      ([, cookie]) => cookie.host === host && `${pathname}/`.startsWith(cookie.path.replace(/\/?$/, "/")),
    );
    return mine.map(([name, { value }]) => `${name.split(" ")[0] ?? ""}=${value}`).join("; ");
  }

  #keep({ host }: URL, cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = "", ...attributes] = cookie.split(/;\s*/);
      const split = pair.indexOf("=");
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? "/";
      const name = `${pair.slice(0, split)} ${path}`;
      const value = pair.slice(split + 1);
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, { value, host, path });
    }
  }
}
