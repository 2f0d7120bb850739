// What Node could not read as HTTP, or not in time. Nothing of it is repeated.
import type { Socket } from "node:net";
import { plainName, type Report } from "./report.js";

const refusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket, report: Report): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  report({ event: "malformed-http", request: null, name: plainName(error.code), frames: [] });
  const status = refusals[error.code ?? ""] ?? "400 Bad Request";
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = `{"errors":[{"message":"${status.slice(4)}"}]}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
      `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${body}`,
    // Whoever does not close their side is not waited for.
    () => socket.destroy(),
  );
}
