// Reads manifests as Kubernetes itself would, and fails on a field that its types do not have.
package main

import (
	"fmt"
	"os"
	"strings"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func target(apiVersion, kind string) any {
	switch apiVersion + " " + kind {
	case "v1 ConfigMap":
		return &core.ConfigMap{}
	case "v1 Service":
		return &core.Service{}
	case "apps/v1 Deployment":
		return &apps.Deployment{}
	case "apps/v1 StatefulSet":
		return &apps.StatefulSet{}
	}
	return nil
}

func main() {
	failed := false
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		for _, document := range strings.Split(string(text), "\n---\n") {
			head := struct{ APIVersion, Kind string }{}
			if err := yaml.Unmarshal([]byte(document), &head); err != nil {
				fmt.Println(file, err)
				failed = true
				continue
			}
			into := target(head.APIVersion, head.Kind)
			if into == nil {
				fmt.Println(file, "unknown kind", head.APIVersion, head.Kind)
				failed = true
				continue
			}
			if err := yaml.UnmarshalStrict([]byte(document), into); err != nil {
				fmt.Println(file, head.Kind, err)
				failed = true
			}
		}
	}
	if failed {
		os.Exit(1)
	}
}
