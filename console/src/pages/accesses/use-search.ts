// From a line that was typed to a search in the address. Only what the gateway wrote goes into the address: in it, a
// person stands as a token. A line is therefore asked first, and the address follows; the answer is not asked twice.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { readLogQuery } from "../../../../src/terms/log-query/index.js";
import { forgetPlace } from "./places.js";
import { pageQuery, type Accesses, type LineFault } from "./questions.js";

export interface Refused {
  readonly line: string;
  readonly faults: readonly LineFault[];
}

export interface Search {
  /** Undefined: on the way, or failed. */
  readonly first: Accesses | undefined;
  /** When it came; tells two askings of one line apart. */
  readonly at: number;
  readonly error: unknown;
  readonly busy: boolean;
  readonly refused: Refused | null;
  /** The search of the address itself is not understood: it found nothing. */
  readonly faulty: boolean;
  readonly search: (line: string) => void;
}

export function useSearch(town: string, line: string): Search {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<{ busy: boolean; error: unknown; refused: Refused | null }>({
    busy: false,
    error: null,
    refused: null,
  });
  const shown = useQuery(pageQuery(town, line, null));
  const canonical = shown.data?.query.canonical;

  const keep = (page: Accesses): string => {
    const { canonical: written } = page.query;
    forgetPlace(town, written);
    queries.setQueryData(pageQuery(town, written, null).queryKey, page);
    return written;
  };
  const go = (q: string, replace: boolean): void =>
    void navigate({ to: "/$town/accesses", params: { town }, search: q === "" ? {} : { q }, replace });

  // An address that somebody wrote by hand: what stands in it from now on is what the gateway made of it.
  useEffect(() => {
    if (shown.data === undefined || shown.data.query.faults.length > 0 || canonical === line) return;
    go(keep(shown.data), true);
    queries.removeQueries({ queryKey: pageQuery(town, line, null).queryKey });
  });

  const search = (typed: string): void => {
    const { faults } = readLogQuery(typed);
    if (faults.length > 0) {
      setAsked({ busy: false, error: null, refused: { line: typed, faults: [...faults] } });
      return;
    }
    setAsked({ busy: true, error: null, refused: null });
    // Whoever searches wants to know what there is now.
    queries.removeQueries({ queryKey: ["accesses", town, typed], type: "inactive" });
    void ask(typed);
  };
  async function ask(typed: string): Promise<void> {
    try {
      const page = await queries.query({ ...pageQuery(town, typed, null), staleTime: 0 });
      if (page.query.faults.length > 0) {
        setAsked({ busy: false, error: null, refused: { line: typed, faults: page.query.faults } });
        return;
      }
      const written = keep(page);
      if (written !== typed) queries.removeQueries({ queryKey: ["accesses", town, typed] });
      setAsked({ busy: false, error: null, refused: null });
      if (written !== line) go(written, false);
    } catch (error) {
      setAsked({ busy: false, error, refused: null });
    }
  }
  const faulty = shown.data !== undefined && shown.data.query.faults.length > 0;
  return {
    first: shown.data,
    at: shown.dataUpdatedAt,
    error: asked.error ?? shown.error,
    busy: asked.busy || shown.isFetching,
    faulty,
    refused: asked.refused ?? (faulty ? { line, faults: shown.data.query.faults } : null),
    search,
  };
}
