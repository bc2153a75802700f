/**
 * The policy that pages and scripts are sent with: one text for the server that sends it and for whoever compares it from
 * outside, byte for byte.
 */
const policy = (scripts: string, others: readonly string[] = []): string =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self'",
    ["connect-src 'self'", ...others].join(" "),
    "img-src 'self' blob: data:",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types sealdrop",
  ].join("; ");

export const PAGE_POLICY: string = policy("'self'");

/**
 * Of workers with WebAssembly. The newsroom's compares what sources are shown, so it may ask at their addresses too; its
 * page may not, and a source's worker asks nowhere else.
 */
export const wasmPolicy = (app: "source" | "newsroom", sourceOrigins: readonly string[]): string =>
  policy("'self' 'wasm-unsafe-eval'", app === "newsroom" ? sourceOrigins : []);
