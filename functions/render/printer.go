package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math"
	"runtime"
	"sync"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"phonon.in/central/shared/document"
)

const (
	dotsPerInch = 150
	longestSide = 2000 // pixels of a page
	quality     = 85   // of its JPEG
	wasmMemory  = 512  // MiB: PDFium gets no more, whatever a file asks for
)

// printer makes pictures of pages with PDFium, which is compiled to WebAssembly: a fault of it reads and writes its own memory only, and it
// sees no file, no network and no clock. Each document gets an instance of its own, and no script in it ever runs.
type printer struct {
	limit time.Duration // for one document
	pool  func() (pdfium.Pool, error)
}

// newPrinter begins to compile PDFium. The cache is a folder where a later process on this machine finds the result.
func newPrinter(cache string, limit time.Duration) *printer {
	p := &printer{limit: limit, pool: sync.OnceValues(func() (pdfium.Pool, error) { return compile(cache) })}
	go p.pool()
	return p
}

func compile(cache string) (pdfium.Pool, error) {
	c := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithCloseOnContextDone(true).WithMemoryLimitPages(wasmMemory << 4)
	if kept, err := wazero.NewCompilationCacheWithDir(cache); err == nil { // without one, it takes longer
		c = c.WithCompilationCache(kept)
	}
	return webassembly.Init(webassembly.Config{
		Context: experimental.WithCompilationWorkers(context.Background(), runtime.NumCPU()), RuntimeConfig: c, FSConfig: wazero.NewFSConfig(),
		MaxTotal: 1, Stdout: io.Discard, Stderr: io.Discard,
	})
}

// print makes a JPEG of each page, or says why the file is refused. An error is none of the file's.
func (p *printer) print(ctx context.Context, data []byte, contentType string) (pages [][]byte, reason document.Reason, err error) {
	pool, err := p.pool()
	if err != nil {
		return nil, "", fmt.Errorf("render: PDFium does not start: %w", err)
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("render: PDFium does not start: %w", err)
	}
	late := time.AfterFunc(p.limit, func() { instance.Kill() }) // what it is doing ends with an error
	defer late.Stop()
	defer instance.Close()
	if contentType != "application/pdf" {
		if data, err = pictureAsPDF(data, contentType); err != nil {
			return nil, document.NotRendered, nil
		}
	}
	pages, err = printAll(instance, data, contentType)
	if refused, is := errors.AsType[refusal](err); is {
		return nil, refused.reason, nil
	}
	if err != nil { // whatever it was: of the same file it would come again
		return nil, document.NotRendered, nil
	}
	return pages, "", nil
}

// refusal is the error for a file that is refused.
type refusal struct{ reason document.Reason }

func (r refusal) Error() string { return string(r.reason) }

func printAll(instance pdfium.Pdfium, data []byte, contentType string) ([][]byte, error) {
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	if errors.Is(err, pdferrors.ErrPassword) {
		return nil, refusal{document.PasswordProtected}
	}
	if err != nil {
		return nil, err
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	switch {
	case err != nil:
		return nil, err
	case count.PageCount == 0:
		return nil, refusal{document.WithoutPage}
	case count.PageCount > document.MaxPages:
		return nil, refusal{document.TooManyPages}
	}
	var pages [][]byte
	blank := true
	for n := range count.PageCount {
		page, empty, err := printPage(instance, opened.Document, n)
		if err != nil {
			return nil, err
		}
		pages, blank = append(pages, page), blank && empty
	}
	switch {
	case blank && contentType == "image/jpeg": // PDFium leaves out what it cannot decode
		return nil, refusal{document.NotRendered}
	case blank && contentType == "application/pdf":
		return nil, refusal{document.Blank}
	}
	return pages, nil
}

// printPage makes the JPEG of a page, and says whether it is empty paper.
func printPage(instance pdfium.Pdfium, d references.FPDF_DOCUMENT, n int) (page []byte, empty bool, err error) {
	at := requests.Page{ByIndex: &requests.PageByIndex{Document: d, Index: n}}
	size, err := instance.GetPageSize(&requests.GetPageSize{Page: at})
	if err != nil {
		return nil, false, err
	}
	width, height, ok := pixels(size.Width, size.Height)
	if !ok {
		return nil, false, fmt.Errorf("render: a page of %g x %g points", size.Width, size.Height)
	}
	printed, err := instance.RenderPageInPixels(&requests.RenderPageInPixels{
		Page: at, Width: width, Height: height, RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, RenderForm: true, Document: &d,
	})
	if err != nil {
		return nil, false, err
	}
	defer printed.Cleanup()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, printed.Result.RenderedImage, &jpeg.Options{Quality: quality}); err != nil {
		return nil, false, err
	}
	return out.Bytes(), white(printed.Result.RenderedImage), nil
}

// pixels is the size of the picture of a page of so many points (72 to an inch).
func pixels(width, height float64) (w, h int, ok bool) {
	long := max(width, height)
	if !(min(width, height) > 0) || math.IsInf(long, 0) { // also what is no number
		return 0, 0, false
	}
	scale := min(dotsPerInch/72., longestSide/long)
	side := func(points float64) int { return max(1, int(math.Round(points*scale))) }
	return side(width), side(height), true
}

func white(img image.Image) bool {
	rgba, is := img.(*image.RGBA)
	if !is {
		return false
	}
	paper := bytes.Repeat([]byte{0xff}, 4*rgba.Rect.Dx())
	for y := range rgba.Rect.Dy() {
		if !bytes.Equal(rgba.Pix[y*rgba.Stride:][:len(paper)], paper) {
			return false
		}
	}
	return true
}
