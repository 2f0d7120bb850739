/** Below, the collector is as good. */
const worthwhile = 4_096;

/** Bytes for who means to give them back: Node puts what is short into memory that it shares with others (`Buffer.poolSize`). */
export const ownBytes = (length: number): Buffer =>
  length < worthwhile ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);

/** Room that may lie behind the bytes in memory of their own. */
const mostBehind = 4_096;

/**
 * Gives the memory of bytes back that are read by nobody any more, now and not when the collector looks at all there is
 * (law 13): what waited for something has been moved to where it seldom looks, and a page for each of some hundred answers
 * was most of our memory, and made it look all the time. Bytes that share their memory with others are left alone. Only
 * for who alone holds them: whoever reads them afterwards reads nothing.
 */
export function freeBytes({ buffer, byteOffset, byteLength }: Buffer): void {
  const alone = byteOffset === 0 && buffer.byteLength - byteLength <= mostBehind;
  if (byteLength >= worthwhile && alone && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
