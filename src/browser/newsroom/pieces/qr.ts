import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";
/** Light modules around the code, without which cameras do not find it. */
const QUIET = 4;

const pathOf = (rows: readonly (readonly boolean[])[]): string =>
  rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")))
    .join("");

/** A QR code as SVG nodes, always dark on white: cameras read no inverted ones. */
export const qrCode = (content: string, label: string): SVGElement => {
  const { size, data } = encode(content, { ecc: "M", border: 0 });
  const svg = document.createElementNS(SVG, "svg");
  const whole = size + 2 * QUIET;
  svg.setAttribute("viewBox", `0 0 ${whole} ${whole}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("class", "qr-ground");
  ground.setAttribute("width", String(whole));
  ground.setAttribute("height", String(whole));
  const modules = document.createElementNS(SVG, "path");
  modules.setAttribute("class", "qr-dark");
  modules.setAttribute("d", pathOf(data));
  svg.append(ground, modules);
  return svg;
};
