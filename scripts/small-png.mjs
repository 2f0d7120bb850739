// A picture of a page in a palette: text and flat grounds have few colours, and the file is a third as large.
import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const most = 256;

/** @param {string} file a PNG as browsers write it (8 bits, RGB or RGBA, not interlaced); anything else stays as it is */
export function makeSmall(file) {
  const image = decode(readFileSync(file));
  if (image !== null) writeFileSync(file, encode(image));
}

function decode(png) {
  let [width, height, channels] = [0, 0, 0];
  const parts = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = data[8] === 8 && data[12] === 0 ? ({ 2: 3, 6: 4 }[data[9]] ?? 0) : 0;
    } else if (type === "IDAT") parts.push(data);
    at += length + 12;
  }
  return channels === 0 ? null : { width, height, pixels: unfiltered(inflateSync(Buffer.concat(parts)), width, height, channels) }; // prettier-ignore
}

/** Each pixel as 0xRRGGBB. PNG 1.2, chapter 6: every byte is told by its neighbours left, above and left above. */
function unfiltered(raw, width, height, channels) {
  const stride = width * channels;
  const pixels = new Uint32Array(width * height);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y++) {
    const kind = raw[y * (stride + 1)];
    const line = raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    for (let x = 0; x < stride; x++) {
      const [left, corner] = x < channels ? [0, 0] : [line[x - channels], above[x - channels]];
      line[x] = (line[x] + predicted(kind, left, above[x], corner)) & 255;
    }
    for (let x = 0; x < width; x++) {
      const at = x * channels;
      pixels[y * width + x] = (line[at] << 16) | (line[at + 1] << 8) | line[at + 2];
    }
    above = line;
  }
  return pixels;
}

function predicted(kind, left, up, corner) {
  if (kind === 1) return left;
  if (kind === 2) return up;
  if (kind === 3) return (left + up) >> 1;
  if (kind !== 4) return 0;
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function encode({ width, height, pixels }) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([colour]) => colour); // prettier-ignore
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const raw = Buffer.alloc(height * (width + 1));
  pixels.forEach((colour, at) => (raw[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = places.get(colour)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const chunks = [chunk("IHDR", header), chunk("PLTE", colours), chunk("IDAT", deflateSync(raw, { level: 9 })), chunk("IEND", Buffer.alloc(0))]; // prettier-ignore
  return Buffer.concat([signature, ...chunks]);
}

function nearest(palette, colour) {
  let [best, least] = [0, Infinity];
  for (const [place, other] of palette.entries()) {
    const [r, g, b] = [16, 8, 0].map((shift) => ((colour >> shift) & 255) - ((other >> shift) & 255));
    const distance = r * r + g * g + b * b;
    if (distance < least) [best, least] = [place, distance];
    if (distance === 0) break;
  }
  return best;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
