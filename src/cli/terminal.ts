// What a command prints, and what may never reach a terminal: a character that acts on it.
import picocolors from "picocolors";
import { boundedText } from "../accesslog/index.js";

export type Style = "plain" | "bold" | "dim" | "red" | "yellow" | "green";

export interface Terminal {
  /** Columns that a table may fill: 80 to 160. */
  readonly columns: number;
  /** What was asked for. One line, or several parted by line feeds. */
  readonly out: (text: string, style?: Style) => void;
  /** Progress, warnings, refusals. */
  readonly err: (text: string, style?: Style) => void;
  /** Waits until what was printed has been taken. False: its reader has gone, and more would be read by nobody. */
  readonly taken: () => Promise<boolean>;
}

export interface TerminalWriter {
  /** Text that ends with a line feed. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Columns of the screen; null where the output is no screen. */
  readonly columns: number | null;
  readonly outColours: boolean;
  readonly errColours: boolean;
  /** As Terminal's; without it all is taken at once. */
  readonly taken?: () => Promise<boolean>;
}

/** Where nobody looks through a screen, as wide as most lists need. */
const columnsWithoutScreen = 120;

export function createTerminal(writer: TerminalWriter): Terminal {
  const styled = (colours: boolean, text: string, style: Style): string => {
    const paint = picocolors.createColors(colours);
    return text
      .split("\n")
      .map((line) => (style === "plain" ? printable(line) : paint[style](printable(line))))
      .map((line) => `${line}\n`)
      .join("");
  };
  return {
    columns: Math.min(160, Math.max(80, writer.columns ?? columnsWithoutScreen)),
    out: (text, style = "plain") => writer.out(styled(writer.outColours, text, style)),
    err: (text, style = "plain") => writer.err(styled(writer.errColours, text, style)),
    taken: writer.taken ?? (() => Promise.resolve(true)),
  };
}

/**
 * Law 11, at the last door: whatever an application or a file's author chose, it cannot move the cursor, colour a line
 * or turn the direction of text. In JSON the escape `\u001b` stands for the very same character. Tabs stay.
 */
const printable = (line: string): string =>
  line
    .split("\t")
    .map((part) => boundedText(part, Number.POSITIVE_INFINITY))
    .join("\t");
