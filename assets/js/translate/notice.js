/* What went wrong is told at the box that was typed in; this place, below both panes, is never seen. */
watch("value", () => llamaDemo.translateProblem(props.value));
