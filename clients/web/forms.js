/** What a person fills into a form, as the content that answers it. */

/** `answers` are by the names of the fields: words, or the names of options where there is a choice. */
export function formResponse({ id, content }, answers) {
  const given = content.fields.filter(({ name }) => !isEmpty(answers[name]));
  return { type: "formResponse", quotedMessageId: id, fields: given.map((field) => answer(field, answers[field.name])) };
}

function answer({ type, name, label, options = [] }, given) {
  if (type !== "select") return { type, name, label, [type]: String(given) };
  const chosen = [given].flat();
  return { type, name, label, select: options.filter((option) => chosen.includes(option.name)) };
}

const isEmpty = (given) => given === undefined || given === null || given === "" || given.length === 0;
