/** Of a colour as a browser computes it: red is the most, and green and blue are about alike, since amber is another hue. */
export const isRed = (colour: string): boolean => {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return red > Math.max(green, blue) + 60 && Math.abs(green - blue) < (red - blue) / 3;
};
