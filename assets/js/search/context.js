/* A passage that was found, in its document. */
const openContext = async (chunk) => {
  try {
    const found = await server.surroundings({ visit: llamaDemo.visit(), chunk, query: shownQuery() });
    if (found.problem) return complain(found.problem);
    openReading(found);
  } catch {
    unreachable();
  }
  return undefined;
};
