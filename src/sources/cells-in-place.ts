// Text cells that only pass through stay the bytes in which they came, until the answer is written: of a page of 1,000 rows
// most of the garbage would be texts that are made of bytes and written into bytes again. In the row stands a place.

/** More bytes of one list are not kept waiting (law 13): cells of what comes then are values. */
const mostBytes = 2 ** 22;
/** Bytes of a cell's length. */
const LENGTH = 4;

const nothing = new DataView(new ArrayBuffer(0));

/** Bytes that one fetch has received, and the cells in them. It lasts until the answer is written. */
export class CellsInPlace {
  readonly #views: DataView[] = [];
  /** Of each piece: the place of its first byte. */
  readonly #begins: number[] = [];
  #length = 0;
  #last = 0;
  /** Of the cell that was found last: its text is here, from `from` to `to`. */
  view: DataView = nothing;
  from = 0;
  to = 0;

  /**
   * Keeps what was received, which nobody changes any more. A cell in it has its length before it, four bytes big-endian.
   * @returns what makes a place of the position of such a length; -1: it is too much
   */
  hold(piece: DataView): number {
    const begin = this.#length;
    if (begin + piece.byteLength > mostBytes) return -1;
    this.#views.push(piece);
    this.#begins.push(begin);
    this.#length += piece.byteLength;
    return begin;
  }

  /** All of it: no place is one any more. */
  forget(): void {
    this.#views.length = 0;
    this.#begins.length = 0;
    this.#length = 0;
    this.#last = 0;
    this.view = nothing;
  }

  /** @throws RangeError where there is no such place: what stands in the row was not made here, and does not leave */
  find(place: number): void {
    if (!(place >= 0 && place < this.#length)) throw new RangeError("a cell that is in no place");
    const piece = this.#isIn(place, this.#last) ? this.#last : this.#pieceOf(place);
    const view = this.#views[piece];
    if (view === undefined) throw new RangeError("a cell that is in no place");
    this.#last = piece;
    const at = place - (this.#begins[piece] ?? 0);
    this.view = view;
    this.from = at + LENGTH;
    this.to = this.from + view.getInt32(at);
  }

  #isIn(place: number, piece: number): boolean {
    return place >= (this.#begins[piece] ?? Infinity) && place < (this.#begins[piece + 1] ?? this.#length);
  }

  /**
   * Rows are mostly written in the sequence in which they came. In any other the pieces are halved, not walked along: of a
   * source that sends each row alone there are as many as rows, and nobody else is answered meanwhile (law 13).
   */
  #pieceOf(place: number): number {
    if (this.#isIn(place, this.#last + 1)) return this.#last + 1;
    let low = 0;
    let high = this.#begins.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#begins[middle] ?? Infinity) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
