// @ts-check
/* Answers may come in another order than questions: only the answer to the last question counts. */

export const createLatest = () => {
  let newest = 0;
  return {
    /** The value of a promise, or undefined if another was asked for meanwhile.
     * @template Value @param {Promise<Value>} promise @returns {Promise<Value | undefined>} */
    async of(promise) {
      newest += 1;
      const own = newest;
      try {
        const value = await promise;
        return own === newest ? value : undefined;
      } catch (error) {
        if (own === newest) throw error;
        return undefined;
      }
    },
    /** Forget what is asked. */
    drop() {
      newest += 1;
    },
  };
};
