// Drawings in SVG: shapes and presentation attributes only, so that no inline style is needed.
const space = "http://www.w3.org/2000/svg";

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function picture(width, height, label, ...children) {
  return draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...children);
}

const text = (x, y, words, attributes = {}) => draw("text", { x, y, ...attributes }, words);
const round = (number) => Math.round(number * 10) / 10;

/** A round number, at least `value`. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

/** 1234 → 1.2k. */
export function short(number) {
  if (number >= 1e6) return `${round(number / 1e6)}M`;
  if (number >= 1e4) return `${round(number / 1e3)}k`;
  return number >= 100 || Number.isInteger(number) ? `${Math.round(number)}` : `${round(number)}`;
}

/** Microseconds, in the unit people would say. */
export function duration(micros) {
  if (micros === null) return "–";
  if (micros >= 1e6) return `${round(micros / 1e6)} s`;
  return micros >= 1000 ? `${round(micros / 1000)} ms` : `${Math.round(micros)} µs`;
}

const frame = { width: 640, height: 190, left: 46, right: 8, top: 10, bottom: 22 };

/** Places of `count` moments, the newest at the right edge. */
function scale(count, length) {
  const wide = frame.width - frame.left - frame.right;
  return (index) => round(frame.width - frame.right - (count - 1 - index) * wide / Math.max(length - 1, 1));
}

function axes(top, label, seconds) {
  const low = frame.height - frame.bottom;
  const lines = [0, 0.5, 1].flatMap((share) => {
    const y = low - share * (low - frame.top);
    return [
      draw("line", { class: "axis", x1: frame.left, x2: frame.width - frame.right, y1: y, y2: y }),
      text(frame.left - 6, y + 4, label(top * share), { "text-anchor": "end" }),
    ];
  });
  return [
    ...lines, text(frame.left, frame.height - 6, `${seconds} s ago`),
    text(frame.width - frame.right, frame.height - 6, "now", { "text-anchor": "end" }),
  ];
}

/** Series stacked on each other over the last `length` seconds: `[{ kind, values }]`. */
export function stacked(series, length, label) {
  const count = series[0].values.length;
  const sums = Array.from({ length: count }, (_, index) => series.reduce((sum, one) => sum + one.values[index], 0));
  const top = ceiling(Math.max(1, ...sums));
  const low = frame.height - frame.bottom;
  const x = scale(count, length);
  const y = (value) => round(low - value / top * (low - frame.top));
  let floor = Array(count).fill(0);
  const areas = series.map(({ kind, values }) => {
    const roof = values.map((value, index) => value + floor[index]);
    const points = roof.map((value, index) => `${x(index)},${y(value)}`)
      .concat(floor.map((value, index) => `${x(index)},${y(value)}`).reverse());
    floor = roof;
    return draw("polygon", { class: `area ${kind}`, points: points.join(" ") });
  });
  return picture(frame.width, frame.height, label, ...axes(top, short, length), ...(count > 1 ? areas : []));
}

/** Lines over the last `length` seconds; null is a gap. */
export function lines(series, length, label, unit) {
  const top = ceiling(Math.max(10, ...series.flatMap(({ values }) => values.filter((value) => value !== null))));
  const low = frame.height - frame.bottom;
  const paths = series.map(({ kind, values }) => {
    const x = scale(values.length, length);
    let pen = "M";
    const steps = values.map((value, index) => {
      if (value === null) { pen = "M"; return ""; }
      const step = `${pen}${x(index)} ${round(low - value / top * (low - frame.top))}`;
      pen = "L";
      return step;
    });
    return draw("path", { class: `line ${kind}`, d: steps.join("") || "M0 0" });
  });
  return picture(frame.width, frame.height, label, ...axes(top, unit, length), ...paths);
}

/** Horizontal bars: `[{ name, sure, most, note }]`; what lies between `sure` and `most` is drawn lighter.
    `wide` is about as wide as it is shown, so that its text is as large as the others'. */
export function bars(rows, kind, label, wide, nameWidth) {
  const high = 24;
  const room = wide - nameWidth - 70;
  const top = Math.max(1, ...rows.map((row) => row.most ?? row.sure));
  const shapes = rows.flatMap((row, index) => {
    const y = index * high;
    const [sure, most] = [row.sure / top * room, (row.most ?? row.sure) / top * room];
    const name = row.name.length > nameWidth / 6.2 ? `${row.name.slice(0, nameWidth / 6.2 - 1)}…` : row.name;
    return [
      text(0, y + 16, name, { class: "strong" }),
      draw("rect", { class: "bar soft", x: nameWidth, y: y + 5, width: round(most), height: 14, rx: 2 }),
      draw("rect", { class: `bar ${kind}`, x: nameWidth, y: y + 5, width: round(Math.max(sure, 1)), height: 14, rx: 2 }),
      text(nameWidth + round(most) + 6, y + 16, row.note),
    ];
  });
  return picture(wide, Math.max(1, rows.length) * high, label, ...shapes);
}

/** Columns beside each other: how many of each class. */
export function columns(values, names, label) {
  const [wide, high] = [640, 150];
  const step = wide / values.length;
  const top = Math.max(1, ...values);
  const shapes = values.flatMap((value, index) => {
    const tall = value === 0 ? 0 : Math.max(1, value / top * (high - 40));
    return [
      draw("rect", { class: "bar", x: round(index * step + 3), y: round(high - 20 - tall), width: round(step - 6), height: round(tall), rx: 2 }),
      text(round(index * step + step / 2), high - 6, names[index], { "text-anchor": "middle" }),
      value === 0 ? "" : text(round(index * step + step / 2), round(high - 25 - tall), short(value), { "text-anchor": "middle" }),
    ];
  }).filter((shape) => shape !== "");
  return picture(wide, high, label, draw("line", { class: "axis", x1: 0, x2: wide, y1: high - 20, y2: high - 20 }), ...shapes);
}

/** One cell for each of the last `length` seconds: 0 up, 1 connecting, 2 down, null not asked. */
export function strip(values, length, label) {
  const step = 640 / length;
  const cells = values.map((value, index) => draw("rect", {
    class: value === null ? "cell" : `cell${value}`, x: round(640 - (values.length - index) * step), y: 0,
    width: round(Math.max(step - 1, 1)), height: 26,
  }));
  const empty = draw("rect", { class: "cell", x: 0, y: 11, width: 640, height: 4, "fill-opacity": 0.5 });
  return picture(640, 26, label, empty, ...cells);
}
