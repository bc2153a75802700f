import { modelHalf } from "./halves.ts";

modelHalf(1);
