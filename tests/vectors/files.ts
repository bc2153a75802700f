import { readFileSync } from "node:fs";

/** A file of vectors: what it is about and its cases. */
export type VectorFile<Case> = { readonly about: string; readonly cases: readonly Case[] };

export const vectorPath = (name: string): URL => new URL(`${name}.json`, import.meta.url);

export const readVectors = <Case>(name: string): VectorFile<Case> =>
  JSON.parse(readFileSync(vectorPath(name), "utf8"));
