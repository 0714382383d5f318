"""PDFs written by hand, object by object, so that a test can say what is in them."""

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(*objects, trailer=b""):
    """Write a file of numbered objects; the first is its catalogue."""
    data = b"%PDF-1.7\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    ends = b"/Size %d /Root 1 0 R %b" % (len(objects) + 1, trailer)
    return data + b"trailer\n<< %b >>\nstartxref\n%d\n%%%%EOF\n" % (ends, start)


def stream(data, more=b""):
    """Write a stream; ``more`` stands in its dictionary."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), more, data)


def one_page(content, *more, objects=b"", filters=b""):
    """Write a file of one page that draws ``content``, with /F1 as its font.

    ``more`` are the objects from the sixth on, and ``objects`` names them for the page.
    """
    page = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R"
    resources = b"/Font << /F1 4 0 R >> /XObject << %b >>" % objects
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< %b /Resources << %b >> >>" % (page, resources),
        FONT,
        stream(content, filters),
        *more,
    )


def text_page(*lines):
    """Write a file of one page with these lines of text."""
    shown = b" 0 -15 Td ".join(b"(%b) Tj" % line for line in lines)
    return one_page(b"BT /F1 12 Tf 50 700 Td %b ET" % shown)


def form(content, objects=b""):
    """Write a drawing that a page can draw as a whole."""
    resources = b"/Font << /F1 4 0 R >> /XObject << %b >>" % objects
    said = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %b >>"
    return stream(content, said % resources)
