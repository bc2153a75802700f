import { fromBase64url } from "../../protocol/public/bytes.ts";

export type Fragment = {
  /** The newsroom key the link names; null: the link names none. */
  readonly fingerprint: Uint8Array | null;
  /** As it stood in the address, for links to this page in another language. */
  readonly text: string;
};

const keyBytes = 32;

/** What cannot be a key is a key that fits nothing: a damaged link must not count as no link. */
function keyOf(text: string): Uint8Array {
  try {
    const key = fromBase64url(text);
    if (key.length === keyBytes) return key;
  } catch {
    // not base64url at all
  }
  return new Uint8Array(keyBytes);
}

export function readFragment(hash: string): Fragment {
  const text = hash.replace(/^#/, "");
  return { text, fingerprint: text === "" ? null : keyOf(text) };
}

/** Reads the fragment and removes it from the address bar, once and for good. */
export function takeFragment(): Fragment {
  const fragment = readFragment(location.hash);
  if (fragment.text !== "") history.replaceState(null, "", location.pathname);
  return fragment;
}
