// A worker that hands tasks to LLM Service and is told of their end by a signed webhook. The standard library alone.
//
//	LLM_BASE_URL=http://127.0.0.1:8080 LLM_WEBHOOK_SECRET=whsec_… go run .
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Event is what the service sends to a callback_url: docs/events.md.
type Event struct {
	EventID     string          `json:"event_id"`
	EventType   string          `json:"event_type"`
	TaskID      string          `json:"task_id"`
	Version     int             `json:"version"`
	Data        json.RawMessage `json:"data"`
	DataOmitted bool            `json:"data_omitted"`
	Error       *struct {
		Code      string `json:"code"`
		Message   string `json:"message"`
		Retryable bool   `json:"retryable"`
	} `json:"error"`
}

// verify checks a delivery after Standard Webhooks 1.0: it comes from the service, is whole, and no older than five minutes.
func verify(secret string, header http.Header, body []byte, now time.Time) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return errors.New("the secret is not of the form whsec_<base64>")
	}
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp is missing")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > 5*time.Minute || age < -5*time.Minute {
		return errors.New("webhook-timestamp is too far from now")
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(body)
	expected := mac.Sum(nil)
	// Two signatures, while one secret replaces another.
	for _, each := range strings.Fields(header.Get("webhook-signature")) {
		version, text, _ := strings.Cut(each, ",")
		signature, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(signature, expected) {
			return nil
		}
	}
	return errors.New("no signature fits")
}

// Receiver takes deliveries; each event is handled once, however often it comes.
type Receiver struct {
	secret string
	handle func(Event)
	mu     sync.Mutex
	seen   map[string]bool
}

func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, 1<<20))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	if err := verify(r.secret, request.Header, body, time.Now()); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	var event Event
	if err := json.Unmarshal(body, &event); err != nil {
		http.Error(w, "the body is not an event", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	isNew := !r.seen[event.EventID]
	r.seen[event.EventID] = true
	r.mu.Unlock()
	// Answer first and work afterwards: the service waits ten seconds.
	w.WriteHeader(http.StatusNoContent)
	if isNew {
		go r.handle(event)
	}
}

// Client calls the HTTP API.
type Client struct {
	baseURL, token string
	http           *http.Client
}

func (c *Client) call(ctx context.Context, method, path string, body, answer any) error {
	var reader io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.baseURL+path, reader)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// Submit hands in a task and answers its id.
func (c *Client) Submit(ctx context.Context, task map[string]any) (string, error) {
	var submitted struct {
		TaskID string `json:"task_id"`
	}
	err := c.call(ctx, http.MethodPost, "/api/v1/tasks", task, &submitted)
	return submitted.TaskID, err
}

// Result is that of the event, or read by its id where it was too large for one.
func (c *Client) Result(ctx context.Context, event Event) (json.RawMessage, error) {
	if !event.DataOmitted {
		return event.Data, nil
	}
	var task struct {
		Result json.RawMessage `json:"result"`
	}
	err := c.call(ctx, http.MethodGet, "/api/v1/tasks/"+event.TaskID, nil, &task)
	return task.Result, err
}

func run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	client := &Client{env("LLM_BASE_URL", "http://127.0.0.1:8080"), os.Getenv("LLM_AUTH_TOKEN"), &http.Client{Timeout: 30 * time.Second}}
	ended := make(chan string, 16)
	receiver := &Receiver{secret: os.Getenv("LLM_WEBHOOK_SECRET"), seen: map[string]bool{}, handle: func(event Event) {
		switch event.EventType {
		case "completed":
			result, err := client.Result(ctx, event)
			if err != nil {
				log.Print(err)
				return
			}
			fmt.Printf("completed %s %s\n", event.TaskID, result)
		case "failed":
			fmt.Printf("failed %s %s: %s\n", event.TaskID, event.Error.Code, event.Error.Message)
		case "cancelled":
			fmt.Printf("cancelled %s\n", event.TaskID)
		}
		ended <- event.TaskID
	}}

	listener, err := net.Listen("tcp", env("LISTEN", "127.0.0.1:0"))
	if err != nil {
		return err
	}
	callback := env("CALLBACK_URL", "http://"+listener.Addr().String()+"/llm-callback")
	mux := http.NewServeMux()
	mux.Handle("POST /llm-callback", receiver)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener)
	defer server.Shutdown(context.Background())
	fmt.Println("listening", callback)

	tasks := []map[string]any{
		{"type": "translation", "data": map[string]any{"text": "Good morning", "target_language": "fr"}, "callback_url": callback},
		// One that fails: no model answers within a millisecond.
		{"type": "custom", "prompt": "Name three rivers.", "config": map[string]any{"timeout": "1ms"}, "callback_url": callback},
	}
	open := map[string]bool{}
	for _, task := range tasks {
		id, err := client.Submit(ctx, task)
		if err != nil {
			return err
		}
		fmt.Println("submitted", id)
		open[id] = true
	}
	// The webhook may come before the answer to the submission.
	for len(open) > 0 {
		select {
		case id := <-ended:
			delete(open, id)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
