/* Taking a text along: into the clipboard, or as a file that the browser makes. */
const words = (version) => {
  if (version.quotes) {
    const letters = Array.from(version.text);
    return version.quotes.map(([start, end]) => letters.slice(start, end).join("")).join("\n");
  }
  const came = version.plain + version.tokens.map((token) => token[1]).join("");
  return version.answers ? came : version.text + came;
};
const escaped = (line) => line.replace(/([\\`*_{}[\]()#+\-.!<>|~$&])/g, "\\$1");
const markdown = (version) => {
  const told = version.figures;
  const asked = version.answers && !version.quotes && version.text ? `> ${version.text.split("\n").map(escaped).join("\n> ")}\n\n` : "";
  const body = words(version).split("\n").map(escaped).join("  \n");
  const facts = [
    told.model && `${plain("result.made_by", { model: (language) => technical(language, escaped(told.model)) })}`,
    version.quotes && plain("result.quoted"),
    told.tokens && `${told.tokens} ${plain("figure.tokens")}`,
    told.seed && `${plain("figure.seed")} ${told.seed}`,
  ].filter(Boolean);
  return `# ${plain(`preset.${version.preset}`)}\n\n${asked}${body}\n\n---\n\n${facts.join(" · ")}\n`;
};
const save = (version, kind) => {
  const content = kind === "md" ? markdown(version) : `${words(version)}\n`;
  const type = kind === "md" ? "text/markdown" : "text/plain";
  const stamp = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16).replace(/[:T]/g, "-");
  const file = `llama-demo-${version.preset}-${stamp}.${kind}`;
  llamaDemo.save(file, new Blob([content], { type: `${type};charset=utf-8` }));
  say("status.saved", { file });
};
const copy = async (version) => {
  if (!version) return say("status.nothing_to_copy");
  const done = await llamaDemo.copy(`#${element.closest(".block").id} ${version.quotes ? ".quotes" : ".written"}`);
  return say(done ? "status.copied" : "status.nothing_to_copy");
};
