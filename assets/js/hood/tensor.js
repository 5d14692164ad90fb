// @ts-check
/* Numbers of any shape, as the server packs them: 16 bits each, between the lowest and the highest. */

/** @typedef {{ shape: number[], values: Float32Array }} Tensor */

/** @param {import("../types").TensorItem} packed @returns {Tensor} */
export const unpack = ({ shape, low, high, data }) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / 2);
  for (let place = 0; place < values.length; place += 1) {
    values[place] = low + ((high - low) * view.getUint16(2 * place, true)) / 65_535;
  }
  return { shape, values };
};

/** One part along the first dimension, such as a head of a layer.
 * @param {Tensor} tensor @param {number} index @returns {Tensor} */
export const at = ({ shape: [, ...rest], values }, index) => {
  const size = rest.reduce((product, one) => product * one, 1);
  return { shape: rest, values: values.subarray(index * size, (index + 1) * size) };
};

/** The mean along the first dimension.
 * @param {Tensor} tensor @returns {Tensor} */
export const mean = (tensor) => {
  const [count, ...shape] = tensor.shape;
  const size = tensor.values.length / count;
  const values = new Float32Array(size);
  for (let place = 0; place < tensor.values.length; place += 1) values[place % size] += tensor.values[place] / count;
  return { shape, values };
};

/** A row of a matrix.
 * @param {Tensor} matrix @param {number} row @returns {number[]} */
export const rowOf = ({ shape: [, columns], values }, row) => [...values.subarray(row * columns, (row + 1) * columns)];
