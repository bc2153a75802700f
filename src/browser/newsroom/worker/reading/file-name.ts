/** Names and types of files come from a stranger: shown and saved without what could deceive or do harm. */

const MOST_CHARACTERS = 120;
/** Control and format characters: the bidirectional ones can make "exe.jpg" of "gpj.exe". */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** What some file system takes for a path, a drive, a pattern or a stream. */
const FORBIDDEN = /[\\/:*?"<>|]/g;
/** Windows takes these for devices, whatever the ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

const endingOf = (name: string): string => /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";

const shortened = (name: string): string => {
  const letters = [...name];
  if (letters.length <= MOST_CHARACTERS) return name;
  const ending = endingOf(name);
  return letters.slice(0, MOST_CHARACTERS - ending.length).join("") + ending;
};

const readable = (name: string): string => {
  return shortened(name.replace(/\s+/g, " ").replace(UNSEEN, "").trim());
};

/** For the eye and for the disk alike, so that what was saved is found again. */
export const safeName = (name: string): string => {
  const clean = readable(name)
    .replace(FORBIDDEN, "_")
    .replace(/^[.\s]+/, "")
    .replace(/[.\s]+$/, "");
  const safe = DEVICE.test(clean) ? `_${clean}` : clean;
  return safe === "" ? "file" : safe;
};

/** A media type, or nothing. */
export const safeType = (type: string): string =>
  /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,60}$/i.test(type) ? type.toLowerCase() : "";
