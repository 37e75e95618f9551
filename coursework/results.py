"""The results folder: records, gradebook, feedback, table and report."""

import collections
import csv
import io
from pathlib import Path

import jinja2

from .gradebook import ResultsError, essay_grade, gradebook, record
from .places import write_whole

TEMPLATE = Path(__file__).parent / "feedback.html"


class Store:
    """A folder with the results of one problem set."""

    def __init__(self, folder, problem_set):
        self.folder, self.problem_set = folder.resolve(), problem_set
        self.records = self.folder / "records" / problem_set.name
        others = [path.name for path in self.folder.glob("records/*") if path != self.records]
        if others:
            raise ResultsError(f"{folder} holds the results of {others[0]}: name another folder")
        if not self.records.is_dir() and self.folder.is_dir() and any(self.folder.iterdir()):
            raise ResultsError(f"{folder} holds other files: name a new or empty folder")
        self.records.mkdir(parents=True, exist_ok=True)

    def read(self, student):
        """Return the record of a student as text, or None."""
        try:
            return (self.records / f"{student}.json").read_text(encoding="utf-8")
        except OSError:
            return None

    def write(self, graded):
        """Keep the record of a student."""
        write_whole(self.records / f"{graded.student}.json", graded.as_json())

    def publish(self, outcomes, book):
        """Write gradebook, feedback, table and report; `outcomes` pairs records and notebooks."""
        feedback = _template()
        rows = []
        with gradebook(self.folder, self.problem_set) as opened:
            for graded, submission in outcomes:
                if graded.failed is None:
                    record(opened, self.problem_set, graded, submission, self.folder)
                points, comment = essay_grade(opened, self.problem_set, graded.student)
                if graded.failed is not None:
                    points, comment = None, None
                points = None if points is None else _number(points)
                rows.append(self._row(graded, points))
                page = feedback.render(
                    set=self.problem_set, graded=graded, essay=points, comment=comment, book=book
                )
                write_whole(self.folder / "feedback" / f"{graded.student}.html", page)
        write_whole(self.folder / "grades.csv", _table(rows))
        write_whole(
            self.folder / "report.txt", report(self.problem_set, [graded for graded, _ in outcomes])
        )

    def _row(self, graded, essay):
        of, essay_of = self.problem_set.points, self.problem_set.essay_points
        graded_by_person = graded.failed is None and essay is not None
        return {
            "student": graded.student,
            "status": "graded" if graded.failed is None else "failed",
            "total": graded.earned + essay if graded_by_person else "",
            "total_of": of + essay_of,
            "tasks": graded.earned if graded.failed is None else "",
            "tasks_of": of,
            "written": essay if graded_by_person else "",
            "written_of": essay_of,
            **{task.name: "" for task in self.problem_set.tasks},
            **{verdict.task: verdict.earned for verdict in graded.verdicts},
            "reason": graded.failed or "",
            "sha256": graded.sha256,
        }


def _template():
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _number(value):
    """Return 3.0 as 3: points are mostly whole."""
    return int(value) if value == int(value) else value


def _table(rows):
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def report(problem_set, outcomes):
    """Return what an instructor should know: how many, what failed and why, what is unusual."""
    graded = [outcome for outcome in outcomes if outcome.failed is None]
    failed = [outcome for outcome in outcomes if outcome.failed is not None]
    lines = [
        f"{problem_set.name}, {problem_set.title}: {len(graded)} graded, {len(failed)} failed."
    ]
    for task in problem_set.tasks:
        earned = sum(v.earned > 0 for g in graded for v in g.verdicts if v.task == task.name)
        mistakes = collections.Counter(
            name for g in graded for v in g.verdicts if v.task == task.name for name in v.mistakes
        )
        often = ", ".join(f"{name} ({count})" for name, count in mistakes.most_common(3))
        lines.append(
            f"  {task.title}: right {earned} of {len(graded)}" + (f"; {often}" * bool(often))
        )
    for outcome in failed:
        lines.append(f"FAILED {outcome.student}: {outcome.failed}")
    same = collections.defaultdict(list)
    for outcome in graded:
        same[outcome.sha256].append(outcome.student)
        for line in outcome.unusual:
            lines.append(f"unusual {outcome.student}: {line}")
    for students in same.values():
        if len(students) > 1:
            lines.append(f"unusual {', '.join(students)}: they handed in the same file.")
    return "\n".join(lines) + "\n"
