import { build } from "esbuild";

export type Bundle = {
  /** Source files that reach the server, as paths from the root. */
  readonly files: readonly string[];
  /** Packages and built-ins they import, with the file that does. */
  readonly packages: readonly { readonly name: string; readonly by: string }[];
  /** What is left after bundling, our own code only. */
  readonly code: string;
};

/** Follows every import of an entry file, as the running server would, and stops at packages. */
export const bundleOf = async (root: string, entry: string): Promise<Bundle> => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  const inputs = Object.entries(metafile.inputs);
  return {
    files: inputs.map(([file]) => file),
    packages: inputs.flatMap(([by, { imports }]) =>
      imports.filter(({ external }) => external).map(({ path }) => ({ name: path, by })),
    ),
    code: outputFiles[0]?.text ?? "",
  };
};
