// Where the demo's sign-in service keeps what it has given out: in memory, bounded, gone when it ends. Its people are
// made up.

type Payload = Readonly<Record<string, unknown>>;
const mostKept = 10_000;

interface Kept {
  readonly payload: Payload;
  readonly until: number;
}

/** The storage that oidc-provider asks for, one for each kind of thing. */
export function signInMemory(): new (kind: string) => unknown {
  const kept = new Map<string, Kept>();
  const nameOf = (kind: string, id: string): string => `${kind}:${id}`;
  const read = (name: string): Payload | undefined => {
    const found = kept.get(name);
    return found === undefined || found.until < Date.now() ? undefined : found.payload;
  };
  return class Memory {
    constructor(readonly kind: string) {}

    upsert(id: string, payload: Payload, seconds: number): Promise<void> {
      kept.delete(nameOf(this.kind, id));
      kept.set(nameOf(this.kind, id), { payload, until: Date.now() + seconds * 1_000 });
      // The oldest go first.
      for (const name of kept.keys()) {
        if (kept.size <= mostKept) break;
        kept.delete(name);
      }
      return Promise.resolve();
    }

    find(id: string): Promise<Payload | undefined> {
      return Promise.resolve(read(nameOf(this.kind, id)));
    }

    findByUid(uid: string): Promise<Payload | undefined> {
      return Promise.resolve(this.#all().find((payload) => payload["uid"] === uid));
    }

    findByUserCode(): Promise<undefined> {
      return Promise.resolve(undefined);
    }

    consume(id: string): Promise<void> {
      const found = kept.get(nameOf(this.kind, id));
      if (found !== undefined)
        kept.set(nameOf(this.kind, id), {
          ...found,
          payload: { ...found.payload, consumed: Math.floor(Date.now() / 1_000) },
        });
      return Promise.resolve();
    }

    destroy(id: string): Promise<void> {
      kept.delete(nameOf(this.kind, id));
      return Promise.resolve();
    }

    revokeByGrantId(grant: string): Promise<void> {
      for (const [name, { payload }] of kept) if (payload["grantId"] === grant) kept.delete(name);
      return Promise.resolve();
    }

    #all(): Payload[] {
      return [...kept.keys()]
        .filter((name) => name.startsWith(`${this.kind}:`))
        .map(read)
        .filter((payload) => payload !== undefined);
    }
  };
}
