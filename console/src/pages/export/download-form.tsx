// A file is asked for by a form that the browser itself posts: it goes to the disk as it comes, whatever its size, and
// never through the memory of this page. What says that the form is ours is the session's token.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sessionQuery } from "../../app/town.js";

interface Props {
  readonly fields: Readonly<Record<string, string>>;
  readonly children: ReactNode;
  /** After the browser has sent it: a form that is gone from the page before is not sent. */
  readonly onSent?: () => void;
}

export function DownloadForm({ fields, children, onSent }: Props) {
  const { data } = useQuery(sessionQuery);
  const csrf = data?.signedIn === true ? data.session.csrf : "";
  return (
    <form method="post" action="/governance/export" onSubmit={() => setTimeout(() => onSent?.())}>
      {Object.entries({ ...fields, csrf }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}
