"""The notebook of the first lecture runs from the first cell to the last, and survives the way to HTML."""

import os
from pathlib import Path

import pytest

nbformat   = pytest.importorskip("nbformat",   reason="pip install nbconvert")
nbclient   = pytest.importorskip("nbclient",   reason="pip install nbclient ipykernel")
nbconvert  = pytest.importorskip("nbconvert",  reason="pip install nbconvert")
pytest.importorskip("ipykernel", reason="pip install ipykernel")

NOTEBOOK = Path(__file__).parents[3] / "demos" / "lecture.ipynb"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The notebook after a run in a folder of its own."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder   = tmp_path_factory.mktemp("notebook")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NOTEBOOK.parents[1]), before]))
    try:
        nbclient.NotebookClient(notebook, timeout=120,
                                resources={"metadata": {"path": str(folder)}}).execute()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
    return notebook, folder


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_every_cell_runs_and_shows_something_that_is_no_error(ran):
    notebook, folder = ran
    assert not [o for o in outputs(notebook) if o.output_type == "error" or o.get("name") == "stderr"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in code)
    assert {p.name for p in (folder / "out").iterdir()} == {"first.html", "first-slides.html",
                                                            "training.html"}


def test_pictures_and_text_are_static(ran):
    shown = [o.data for o in outputs(ran[0]) if o.output_type == "execute_result"]
    assert all("text/plain" in data for data in shown)
    assert sum("image/svg+xml" in data for data in shown) >= 4
    assert not any("<script" in str(data) for data in shown)


def test_it_survives_nbconvert_to_html_and_pdf(ran, browser, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pip install pypdf")
    html, _ = nbconvert.HTMLExporter(embed_images=True).from_notebook_node(ran[0])
    assert html.count("image/svg+xml") + html.count("<svg") >= 4
    context = browser.new_context(offline=True)              # without the network too
    page = context.new_page()
    page.set_content(html, wait_until="domcontentloaded")
    broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).length")
    page.pdf(path=tmp_path / "lecture.pdf")
    context.close()
    text = "".join(p.extract_text() for p in pypdf.PdfReader(tmp_path / "lecture.pdf").pages)
    assert broken == 0 and "The chain rule is a walk" in text and "└─" in text


def test_the_stored_notebook_carries_no_outputs():
    assert outputs(nbformat.read(NOTEBOOK, as_version=4)) == []
