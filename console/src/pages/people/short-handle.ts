/** `resident ~Ab3dE…` where the name is not known: the token's beginning tells two apart. */
export const shortHandle = (handle: string): string => {
  const at = handle.indexOf("~");
  return at === -1 ? handle : `${handle.slice(0, at)} ${handle.slice(at, at + 7)}…`;
};
