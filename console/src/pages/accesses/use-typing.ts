// The search line as it is being typed.
import { useState, type ChangeEvent, type SyntheticEvent } from "react";
import { shut, type Open } from "./suggestion-keys.js";

interface Written {
  readonly line: string;
  readonly cursor: number;
}

export interface Typing {
  readonly text: string;
  readonly cursor: number;
  readonly open: Open;
  readonly focused: boolean;
  /** Where the cursor is to be put: a new one each time a choice was written. */
  readonly placed: { readonly at: number } | null;
  readonly setOpen: (open: Open) => void;
  /** A choice: the cursor goes behind it. */
  readonly write: (written: Written) => void;
  /** It is searched by; whoever types on before the answer comes keeps what they typed. */
  readonly send: () => string;
  readonly events: {
    readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
    readonly onSelect: (event: SyntheticEvent<HTMLInputElement>) => void;
    readonly onClick: () => void;
    readonly onFocus: () => void;
    readonly onBlur: () => void;
  };
}

/** @param line the search that is shown: another one (a filter, the browser's Back) takes the place of what was typed */
export function useTyping(line: string): Typing {
  const [base, setBase] = useState(line);
  const [{ line: text, cursor }, setWritten] = useState<Written>({ line, cursor: line.length });
  const [open, setOpen] = useState(shut);
  const [focused, setFocused] = useState(false);
  const [placed, setPlaced] = useState<Typing["placed"]>(null);
  const [sent, setSent] = useState<string | null>(null);
  if (base !== line) {
    setBase(line);
    setSent(null);
    if (sent === null || sent === text.trim()) setWritten({ line, cursor: line.length });
  }
  const note = ({ currentTarget: { value, selectionStart } }: SyntheticEvent<HTMLInputElement>): void =>
    setWritten({ line: value, cursor: selectionStart ?? value.length });
  return {
    text,
    cursor,
    open,
    focused,
    placed,
    setOpen,
    write: (written) => {
      setWritten(written);
      setPlaced({ at: written.cursor });
    },
    send: () => {
      setOpen(shut);
      setSent(text.trim());
      return text.trim();
    },
    events: {
      onChange: (event) => {
        note(event);
        setOpen({ open: true, lit: -1 });
      },
      onSelect: note,
      onClick: () => setOpen({ open: true, lit: -1 }),
      onFocus: () => setFocused(true),
      onBlur: () => {
        setFocused(false);
        setSent(null);
        setOpen(shut);
      },
    },
  };
}
