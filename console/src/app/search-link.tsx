// A link to a search of the record: the line is its address.
import type { ReactNode } from "react";
import { LinkAnchor } from "./links.js";
import { useTown } from "./town.js";

/** Who may not read the record reads the words without the link. */
export function SearchLink({ query, children }: { readonly query: string; readonly children: ReactNode }) {
  const { name, rights } = useTown();
  if (!rights.includes("READ_LOG")) return children;
  return (
    <LinkAnchor to="/$town/accesses" params={{ town: name }} search={{ q: query }}>
      {children}
    </LinkAnchor>
  );
}
